// aws-sdk-go-v2, as it is by default but for the time-out.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/imagebuilder"
	"github.com/aws/smithy-go"
)

func main() {
	input := imagebuilder.StartImagePipelineExecutionInput{}
	var call map[string]string
	json.Unmarshal([]byte(os.Args[2]), &call)
	input.ImagePipelineArn = aws.String(call["imagePipelineArn"])
	if token, given := call["clientToken"]; given {
		input.ClientToken = aws.String(token)
	}
	client := imagebuilder.New(imagebuilder.Options{
		Region:           "us-east-1",
		EndpointResolver: imagebuilder.EndpointResolverFromURL(os.Args[1]),
		HTTPClient:       &http.Client{Timeout: time.Second},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
			}, nil
		}),
	})
	_, err := client.StartImagePipelineExecution(context.Background(), &input)
	said := map[string]any{"ok": err == nil}
	if err != nil {
		said["error"], said["by"] = fmt.Sprintf("%T", err), ""
		var known smithy.APIError
		if errors.As(err, &known) {
			said["error"], said["by"] = known.ErrorCode(), "code"
			if strings.HasPrefix(fmt.Sprintf("%T", known), "*types.") {
				said["by"] = "class"
			}
		}
	}
	text, _ := json.Marshal(said)
	fmt.Println(string(text))
}
