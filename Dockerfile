# docker build --tag imagebuilder-conformance .
# docker run --rm --network host --volume "$PWD:/reports" --user "$(id -u)" imagebuilder-conformance run --endpoint-url http://localhost:4566
FROM python:3.13-slim AS build
COPY . /source
RUN python -m venv /opt/conformance \
  && /opt/conformance/bin/pip install --no-cache-dir --disable-pip-version-check '/source[sdk]'

FROM python:3.13-slim
COPY --from=build /opt/conformance /opt/conformance
# Reports go below the folder of work, which whoever runs this may mount.
RUN useradd --create-home --uid 1000 conformance \
  && install --directory --owner 1000 /reports
ENV PATH=/opt/conformance/bin:$PATH
USER 1000
WORKDIR /reports
ENTRYPOINT ["imagebuilder-conformance"]
CMD ["--help"]
