# StartImagePipelineExecution on Mojolicious::Lite. Usage: perl app.pl daemon -l http://127.0.0.1:PORT
#
# Left out: signatures are not verified, nobody is denied or throttled, and the images last as long as the process.
use v5.36;
use builtin qw(created_as_string);
use Mojolicious::Lite -signatures;
no warnings 'experimental::builtin';
use Mojo::JSON qw(decode_json);

my $PIPELINE_ARN = qr/\Aarn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):image-pipeline\/[a-z0-9-_]+\z/;
# Perl's UTF-8 has neither; it would answer with U+FFFD in their place.
my $NO_TEXT = qr/[\p{Surrogate}\p{NChar}]/;
my %pipelines = map { ("arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/conformance-$_" => 1) } qw(a b);
my %started;
my $requests = 0;

sub refuse ($c, $status, $code, $message) {
  $c->render(status => $status, json => {__type => $code, message => $message});
}

# Perl makes a string of a number whenever it is asked for one: created_as_string knows what the JSON was.
sub is_string ($value) { defined $value && !ref $value && created_as_string($value) }

put '/StartImagePipelineExecution' => sub ($c) {
  my $body = $c->req->body;
  # What is nested deeper than a request is: Mojo::JSON recurses and may take long.
  return refuse($c, 400, 'InvalidRequestException', 'The body is nested too deeply.') if $body =~ tr/[{// > 10_000;
  my $members = eval { decode_json $body };
  return refuse($c, 400, 'InvalidRequestException', 'The body is not a JSON object.') unless ref $members eq 'HASH';
  my ($token, $pipeline) = @$members{qw(clientToken imagePipelineArn)};
  return refuse($c, 400, 'InvalidRequestException', 'clientToken must be a string of 1 to 36 characters.')
    unless is_string($token) && $token =~ /\A.{1,36}\z/s && $token !~ $NO_TEXT;
  return refuse($c, 400, 'InvalidRequestException', 'imagePipelineArn must be the ARN of an image pipeline.')
    unless is_string($pipeline) && $pipeline =~ $PIPELINE_ARN;
  unless ($started{$token}) {
    return refuse($c, 404, 'ResourceNotFoundException', "There is no $pipeline.") unless $pipelines{$pipeline};
    my $scope = $pipeline =~ s/:[^:]*\z//r;
    $started{$token} = {pipeline => $pipeline, image => "$scope:image/recipe/1.0.0/" . (1 + keys %started)};
  }
  return refuse($c, 400, 'IdempotentParameterMismatchException', 'The token was used for another pipeline.')
    unless $started{$token}{pipeline} eq $pipeline;
  my %answer = (clientToken => $token, imageBuildVersionArn => $started{$token}{image});
  $c->render(json => {%answer, requestId => 'request-' . ++$requests});
};

# Mojolicious would answer pages of HTML.
any '/StartImagePipelineExecution' => sub ($c) { refuse($c, 405, 'UnknownOperationException', 'No such operation.') };
any '/*rest' => {rest => ''} => sub ($c) { refuse($c, 404, 'UnknownOperationException', 'No such operation.') };
hook around_dispatch => sub ($next, $c) {
  eval { $next->(); 1 } or refuse($c, 500, 'ServiceException', 'Something went wrong.');
};

app->log->level('fatal');
app->start;
