# A cache in front of the target, in the default configuration of Varnish.
vcl 4.1;

backend target {
  .host = "127.0.0.1";
  .port = "@UPSTREAM@";
}
