"""The stores that are servers of their own. `place` is where each listens."""

import hashlib
from typing import Any

from kept import STORES, Store, UnfitError


class Redis(Store):
    """Redis: SET, with NX to add."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        import redis

        self.client: Any = redis.Redis(unix_socket_path=place)

    def get(self, token: str) -> str | None:
        found = self.client.get(token)
        return found.decode() if found is not None else None

    def put(self, token: str, text: str) -> None:
        self.client.set(token, text)

    def add(self, token: str, text: str) -> bool:
        return bool(self.client.set(token, text, nx=True))


class Memcached(Store):
    """memcached: a key may hold no blanks and controls, so the token's hash is one."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        from pymemcache.client.base import PooledClient

        self.client: Any = PooledClient(place, max_pool_size=32)

    def get(self, token: str) -> str | None:
        found = self.client.get(_hash(token))
        return found.decode() if found is not None else None

    def put(self, token: str, text: str) -> None:
        self.client.set(_hash(token), text, noreply=False)

    def add(self, token: str, text: str) -> bool:
        return bool(self.client.add(_hash(token), text, noreply=False))


class Sql(Store):
    """A table of a database server, a connection for each use."""

    column = ""
    insert, replace = "", ""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.run(f"CREATE TABLE kept (token {self.column} PRIMARY KEY, text TEXT)")

    def run(self, statement: str, *values: str) -> tuple[int, list[Any]]:
        """How many rows a statement changed, and those it gives."""
        raise NotImplementedError

    def get(self, token: str) -> str | None:
        _, rows = self.run("SELECT text FROM kept WHERE token = %s", token)
        return rows[0][0] if rows else None

    def put(self, token: str, text: str) -> None:
        self.run(self.replace, token, text)

    def add(self, token: str, text: str) -> bool:
        changed, _ = self.run(self.insert, token, text)
        return changed == 1


class PostgreSql(Sql):
    """PostgreSQL, a column of the type text."""

    column = "text"
    insert = "INSERT INTO kept VALUES (%s, %s) ON CONFLICT DO NOTHING"
    replace = "INSERT INTO kept VALUES (%s, %s) ON CONFLICT (token) DO UPDATE SET text = excluded.text"

    def run(self, statement: str, *values: str) -> tuple[int, list[Any]]:
        import psycopg

        host, port = self.place.split("|")
        with psycopg.connect(host=host, port=int(port), user="tokens", dbname="postgres") as database:
            try:
                done = database.execute(statement, values)
            except psycopg.DataError as error:
                # A NUL, which no text of PostgreSQL may hold.
                raise UnfitError from error
            return done.rowcount, done.fetchall() if done.description else []


class PostgreSqlChar(PostgreSql):
    """PostgreSQL, a column of the type char(36)."""

    column = "char(36)"


class MariaDb(Sql):
    """MariaDB, a column compared byte by byte."""

    column = "VARBINARY(200)"
    insert = "INSERT IGNORE INTO kept VALUES (%s, %s)"
    replace = "REPLACE INTO kept VALUES (%s, %s)"

    def run(self, statement: str, *values: str) -> tuple[int, list[Any]]:
        import pymysql

        with (
            pymysql.connect(
                unix_socket=self.place, user="root", database="tokens", charset="utf8mb4", autocommit=True
            ) as it,
            it.cursor() as cursor,
        ):
            changed = cursor.execute(statement, values)
            return changed, list(cursor.fetchall())


class MariaDbDefault(MariaDb):
    """MariaDB, a column with the collation that it has by default."""

    column = "VARCHAR(100)"


class DynamoDb(Store):
    """DynamoDB by moto, with a condition to add."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.table: Any = _aws("dynamodb", place)
        self.table.create_table(
            TableName="kept",
            KeySchema=[{"AttributeName": "token", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "token", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def get(self, token: str) -> str | None:
        found = self.table.get_item(TableName="kept", Key={"token": {"S": token}}, ConsistentRead=True).get("Item")
        return found["text"]["S"] if found else None

    def put(self, token: str, text: str) -> None:
        self.table.put_item(TableName="kept", Item={"token": {"S": token}, "text": {"S": text}})

    def add(self, token: str, text: str) -> bool:
        try:
            self.table.put_item(
                TableName="kept",
                Item={"token": {"S": token}, "text": {"S": text}},
                ConditionExpression="attribute_not_exists(#t)",
                ExpressionAttributeNames={"#t": "token"},
            )
        except self.table.exceptions.ConditionalCheckFailedException:
            return False
        return True


class S3(Store):
    """S3 by moto, with If-None-Match to add; keys are hashes of the tokens."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.client: Any = _aws("s3", place)
        self.client.create_bucket(Bucket="kept")

    def get(self, token: str) -> str | None:
        try:
            body: bytes = self.client.get_object(Bucket="kept", Key=_hash(token))["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None
        return body.decode()

    def put(self, token: str, text: str) -> None:
        self.client.put_object(Bucket="kept", Key=_hash(token), Body=text.encode())

    def add(self, token: str, text: str) -> bool:
        from botocore.exceptions import ClientError

        try:
            self.client.put_object(Bucket="kept", Key=_hash(token), Body=text.encode(), IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return False
        return True


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _aws(service: str, place: str) -> Any:
    import boto3

    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    return boto3.client(service, endpoint_url=place, region_name="us-east-1", **keys)


STORES |= {
    each.__name__.lower(): each
    for each in (Redis, Memcached, PostgreSql, PostgreSqlChar, MariaDb, MariaDbDefault, DynamoDb, S3)
}
