// Asks for each answer with net/http; called as drivers/python/framing.py is, without the name of a client.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

func ask(client *http.Client, place string) []any {
	answer, err := client.Get(place)
	if err == nil {
		defer answer.Body.Close()
		var body []byte
		if body, err = io.ReadAll(answer.Body); err == nil {
			return []any{answer.StatusCode, string(body)}
		}
	}
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		return []any{"timeout"}
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	// What is quoted of the answer says nothing of the error.
	text := strings.SplitN(err.Error(), " \"", 2)[0]
	parts := strings.Split(strings.SplitN(text, ": [", 2)[0], "connection broken: ")
	return []any{strings.TrimSuffix(strings.TrimPrefix(parts[len(parts)-1], "net/http: "), ":")}
}

func main() {
	var paths [][]any
	json.Unmarshal([]byte(os.Args[2]), &paths)
	said := map[string][]any{}
	for _, each := range paths {
		path, again := each[0].(string), each[1].(bool)
		client := &http.Client{Timeout: 1500 * time.Millisecond, Transport: &http.Transport{}}
		said[path] = append(said[path], ask(client, os.Args[1]+path))
		if again {
			time.Sleep(200 * time.Millisecond)
			said[path] = append(said[path], ask(client, os.Args[1]+path+"/again"))
		}
		client.CloseIdleConnections()
	}
	text, _ := json.Marshal(said)
	fmt.Println(string(text))
}
