# Asks for each answer with Net::HTTP; called as drivers/python/framing.py is, without the name of a client.

require "json"
require "net/http"

url, text = ARGV
uri = URI(url)
said = JSON.parse(text).to_h do |path, again|
  http = Net::HTTP.new(uri.host, uri.port)
  http.read_timeout = 1.5
  # As the SDK has it, which repeats requests itself.
  http.max_retries = 0
  http.start
  answers = [path, *(again ? ["#{path}/again"] : [])].map do |each|
    answer = http.request(Net::HTTP::Get.new(each))
    sleep(0.2) if again
    [answer.code.to_i, (answer.body || "").force_encoding("ISO-8859-1").encode("UTF-8")]
  rescue Net::ReadTimeout
    ["timeout"]
  rescue StandardError => error
    [error.class.name]
  end
  http.finish if http.started?
  [path, answers]
end
puts(JSON.generate(said))
