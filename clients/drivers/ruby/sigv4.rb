# The gem aws-sigv4 with Net::HTTP. The caller makes the body and reads the answer.

require "aws-sigv4"
require "json"
require "net/http"

endpoint, body = ARGV
uri = URI(endpoint + "/StartImagePipelineExecution")
headers = { "Content-Type" => "application/json" }
signer = Aws::Sigv4::Signer.new(
  service: "imagebuilder", region: "us-east-1",
  access_key_id: ENV.fetch("AWS_ACCESS_KEY_ID"), secret_access_key: ENV.fetch("AWS_SECRET_ACCESS_KEY")
)
signed = signer.sign_request(http_method: "PUT", url: uri.to_s, headers: headers, body: body)
begin
  answer = Net::HTTP.start(uri.host, uri.port, read_timeout: 1) do |http|
    http.send_request("PUT", uri.path, body, headers.merge(signed.headers))
  end
  read = answer.body.include?("essage") ? "answer" : ""
  puts(JSON.generate(answer.code == "200" ? { ok: true } : { ok: false, error: answer.code, by: read }))
rescue StandardError => error
  puts(JSON.generate(ok: false, error: error.class.name, by: ""))
end
