# StartImagePipelineExecution on Sinatra. Usage: ruby app.rb -p PORT -o 127.0.0.1
#
# Left out: signatures are not verified, nobody is denied or throttled, and the images last as long as the process.
require 'json'
require 'securerandom'
require 'sinatra'

PIPELINE_ARN = %r{\Aarn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-pipeline/[a-z0-9\-_]+\z}
PIPELINES = %w[a b].map { |name| "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-#{name}" }
LOCK = Mutex.new
STARTED = {}

# Sinatra's own pages of errors are HTML.
set :show_exceptions, false
set :raise_errors, false

def refuse(status, code, message)
  halt status, { __type: code, message: message }.to_json
end

def image_of(token, pipeline)
  LOCK.synchronize do
    unless STARTED.key?(token)
      refuse 404, 'ResourceNotFoundException', "There is no #{pipeline}." unless PIPELINES.include?(pipeline)
      image = "#{pipeline.rpartition(':').first}:image/recipe/1.0.0/#{STARTED.size + 1}"
      STARTED[token] = [pipeline, image]
    end
    first, image = STARTED[token]
    refuse 400, 'IdempotentParameterMismatchException', 'The token was used for another pipeline.' if first != pipeline
    image
  end
end

before { content_type :json }

# Ruby's parser takes comments. JSON has no slash outside of a string.
def comment?(text)
  text.gsub(/"(?:[^"\\]|\\.)*"/m, '').include?('/')
end

def parse(text)
  raise JSON::ParserError, 'a comment' if !text.valid_encoding? || comment?(text)

  JSON.parse(text)
rescue JSON::ParserError
  refuse 400, 'InvalidRequestException', 'The body is not JSON.'
end

put '/StartImagePipelineExecution' do
  members = parse(request.body.read.force_encoding('UTF-8'))
  refuse 400, 'InvalidRequestException', 'The body is not a JSON object.' unless members.is_a?(Hash)
  token, pipeline = members.values_at('clientToken', 'imagePipelineArn')
  unless token.is_a?(String) && token.length.between?(1, 36)
    refuse 400, 'InvalidRequestException', 'clientToken must be a string of 1 to 36 characters.'
  end
  unless pipeline.is_a?(String) && pipeline.match?(PIPELINE_ARN)
    refuse 400, 'InvalidRequestException', 'imagePipelineArn must be the ARN of an image pipeline.'
  end
  image = image_of(token, pipeline)
  { requestId: SecureRandom.uuid, clientToken: token, imageBuildVersionArn: image }.to_json
end

%i[get post delete patch options].each do |method|
  send(method, '/StartImagePipelineExecution') { refuse 405, 'UnknownOperationException', 'No such operation.' }
end
not_found { { __type: 'UnknownOperationException', message: 'There is no such operation.' }.to_json if body.empty? }
error { { __type: 'ServiceException', message: 'Something went wrong.' }.to_json }
