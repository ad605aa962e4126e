# syntax=docker/dockerfile:1

# The release binary: one file with the web app in it. Only glibc is linked dynamically, so both stages are Debian 12.
FROM node:22-bookworm-slim AS node

FROM rust:1.95.0-bookworm AS build
# For wasm-opt, which makes the web app's download smaller.
COPY --from=node /usr/local /usr/local
WORKDIR /dploy
COPY . .
ARG BINARY=/usr/local/bin/dploy
# `cargo xtask test --only image` takes this step from here, and does without Docker what Docker would do.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/dploy/target \
    cargo xtask build --copy-to "$BINARY"

# No shell, no package manager; glibc, CA certificates and a user that is not root.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /usr/local/bin/dploy /usr/local/bin/dploy
USER 65532:65532
EXPOSE 8080
# Of `serve`. Kubernetes does not look at it: there the chart's probes count.
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["/usr/local/bin/dploy", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/dploy"]
CMD ["serve"]
