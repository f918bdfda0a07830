# syntax=docker/dockerfile:1

# docker build --build-arg VERSION=v0.1.0 -t lachan .
# docker run -v ./lachan.yaml:/etc/lachan/lachan.yaml:ro -v lachan-state:/var/lib/lachan \
#   -v lachan-log:/var/log/lachan -p 80:80 -p 443:443 --read-only --stop-timeout 45 lachan
ARG GO_IMAGE=golang:1.26-bookworm

FROM ${GO_IMAGE} AS build
ARG VERSION=
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.release=${VERSION}" -o /out/lachan ./cmd/lachan
RUN mkdir -p /owned/var/lib/lachan /owned/var/log/lachan /owned/run/lachan /owned/tmp

# The image holds the binary, the roots it trusts, and the folders it writes to.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /owned/ /
COPY --from=build /src/LICENSE /src/NOTICE /
COPY --from=build /out/lachan /lachan
# Container engines let any user bind ports 80 and 443
# (net.ipv4.ip_unprivileged_port_start=0); no capability is needed.
USER 65532:65532
VOLUME ["/var/lib/lachan", "/var/log/lachan", "/run/lachan"]
EXPOSE 80 443
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/lachan", "check", "--live"]
ENTRYPOINT ["/lachan"]
CMD ["run"]
