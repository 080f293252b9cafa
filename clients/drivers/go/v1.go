// aws-sdk-go, the first version, as it is by default but for the time-out.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/imagebuilder"
)

func main() {
	input := imagebuilder.StartImagePipelineExecutionInput{}
	var call map[string]string
	json.Unmarshal([]byte(os.Args[2]), &call)
	input.ImagePipelineArn = aws.String(call["imagePipelineArn"])
	if token, given := call["clientToken"]; given {
		input.ClientToken = aws.String(token)
	}
	made := session.Must(session.NewSession())
	client := imagebuilder.New(made, &aws.Config{
		Endpoint: aws.String(os.Args[1]), Region: aws.String("us-east-1"), HTTPClient: &http.Client{Timeout: time.Second},
	})
	_, err := client.StartImagePipelineExecution(&input)
	said := map[string]any{"ok": err == nil}
	if err != nil {
		said["error"], said["by"] = fmt.Sprintf("%T", err), ""
		switch known := err.(type) {
		case *imagebuilder.ResourceNotFoundException, *imagebuilder.CallRateLimitExceededException,
			*imagebuilder.ServiceException, *imagebuilder.InvalidParameterException, *imagebuilder.InvalidRequestException:
			said["by"] = "class"
		case awserr.RequestFailure:
			said["error"], said["by"] = known.Code(), "code"
		}
	}
	text, _ := json.Marshal(said)
	fmt.Println(string(text))
}
