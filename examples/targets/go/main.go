// StartImagePipelineExecution on net/http of the standard library. Usage: go run main.go PORT
//
// Left out: signatures are not verified, nobody is denied or throttled, and the images last as long as the process.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

const pipelines = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-"

var pipelineArn = regexp.MustCompile(`^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-pipeline/[a-z0-9-_]+$`)

type execution struct{ pipeline, image string }

var (
	lock    sync.Mutex
	started = map[string]execution{}
)

// start gives the members of an answer, and its status. Pointers tell null and nothing from the empty string.
func start(body []byte) (int, map[string]string) {
	var request struct{ ClientToken, ImagePipelineArn *string }
	if err := json.Unmarshal(body, &request); err != nil {
		return refuse(400, "InvalidRequestException", err.Error())
	}
	token, pipeline := request.ClientToken, request.ImagePipelineArn
	if token == nil || *token == "" || utf8.RuneCountInString(*token) > 36 {
		return refuse(400, "InvalidRequestException", "clientToken must be a string of 1 to 36 characters.")
	}
	if pipeline == nil || !pipelineArn.MatchString(*pipeline) {
		return refuse(400, "InvalidRequestException", "imagePipelineArn must be the ARN of an image pipeline.")
	}
	lock.Lock()
	defer lock.Unlock()
	first, known := started[*token]
	switch {
	case known && first.pipeline != *pipeline:
		return refuse(400, "IdempotentParameterMismatchException", "The token was used for another pipeline.")
	case !known && *pipeline != pipelines+"a" && *pipeline != pipelines+"b":
		return refuse(404, "ResourceNotFoundException", "There is no "+*pipeline)
	case !known:
		scope := (*pipeline)[:strings.LastIndex(*pipeline, ":")]
		first = execution{*pipeline, fmt.Sprintf("%s:image/recipe/1.0.0/%d", scope, len(started)+1)}
		started[*token] = first
	}
	requests++
	return 200, map[string]string{
		"requestId": fmt.Sprintf("request-%d", requests), "clientToken": *token, "imageBuildVersionArn": first.image,
	}
}

var requests int

func refuse(status int, code, message string) (int, map[string]string) {
	return status, map[string]string{"__type": code, "message": message}
}

func main() {
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		status, members := refuse(400, "InvalidRequestException", "The body can't be read.")
		switch {
		case err != nil:
		case r.URL.Path != "/StartImagePipelineExecution":
			status, members = refuse(404, "UnknownOperationException", "There is no such operation.")
		case r.Method != "PUT":
			status, members = refuse(405, "UnknownOperationException", "There is no such operation.")
		default:
			status, members = start(body)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(members)
	})))
}
