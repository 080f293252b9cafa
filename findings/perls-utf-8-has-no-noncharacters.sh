#!/usr/bin/env bash
# Mojolicious 9.31 (libmojolicious-perl) and Perl's Encode 3.17, of Debian 12 (bookworm): U+FFFF in a string of JSON.
#
# Guess: a noncharacter is a character like others: RFC 8259 lets a string hold any, RFC 3629 encodes it in three bytes,
# and Unicode says since 2013 that noncharacters may be interchanged.
# Seen: `decode_json` dies of the three bytes, "Input is not UTF-8 encoded", but reads the escape `\uffff`; and
# `encode_json` writes that string with U+FFFD in its place, without a word. So what was read is not what is answered:
# an identifier comes back as another one, and two that differ there become one. JSON::PP and Perl's lax encoding
# `utf8`, as against `UTF-8`, keep it; so does Mojo::JSON itself as soon as Cpanel::JSON::XS is installed, to which it
# hands over: the same program answers otherwise for a package that it does not name.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# The packages of that release, unpacked; nothing is installed.
apt-get download -qq -o APT::Sandbox::User=root libmojolicious-perl=9.31+dfsg-1
dpkg-deb --extract libmojolicious-perl_*.deb mojolicious

MOJO_NO_JSON_XS=1 perl -I mojolicious/usr/share/perl5 - <<'PERL' | tee seen
use strict;
use warnings;
use Encode ();
use JSON::PP ();
use Mojo::JSON qw(decode_json encode_json);

sub shown { join ' ', map { sprintf '%02x', ord } split //, shift }

my $escaped = decode_json('["\uffff"]');
my $bytes = eval { decode_json("[\"\xef\xbf\xbf\"]"); 'read' } || $@ =~ s/ at .*//sr;
print "Mojo::JSON, the escape: ", shown($escaped->[0]), "\n";
print "Mojo::JSON, the bytes: $bytes\n";
print "Mojo::JSON, written again: ", shown(encode_json($escaped)), "\n";
print "Mojo::JSON, two that differ: ", encode_json(["\x{ffff}"]) eq encode_json(["\x{fffe}"]) ? 'equal' : 'apart', "\n";
print "JSON::PP, the bytes: ", shown(JSON::PP->new->utf8->decode("[\"\xef\xbf\xbf\"]")->[0]), "\n";
print "JSON::PP, written: ", shown(JSON::PP->new->utf8->encode(["\x{ffff}"])), "\n";
print "Encode, UTF-8: ", shown(Encode::encode('UTF-8', "\x{ffff}")), "\n";
print "Encode, utf8: ", shown(Encode::encode('utf8', "\x{ffff}")), "\n";
PERL

diff seen - <<'EXPECTED'
Mojo::JSON, the escape: ffff
Mojo::JSON, the bytes: Input is not UTF-8 encoded
Mojo::JSON, written again: 5b 22 ef bf bd 22 5d
Mojo::JSON, two that differ: equal
JSON::PP, the bytes: ffff
JSON::PP, written: 5b 22 ef bf bf 22 5d
Encode, UTF-8: ef bf bd
Encode, utf8: ef bf bf
EXPECTED
