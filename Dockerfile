# syntax=docker/dockerfile:1

# The release binary: one file with the web app in it. Only glibc is linked dynamically, so both stages are Debian 12.
FROM node:22-bookworm-slim AS node

FROM rust:1.95.0-bookworm AS build
# For wasm-opt, which makes the web app's download smaller.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /dploy
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/dploy/target \
    cargo xtask build && cp target/release/dploy /usr/local/bin/dploy

# No shell, no package manager; glibc, CA certificates and a user that is not root.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /usr/local/bin/dploy /usr/local/bin/dploy
USER 65532:65532
EXPOSE 8080
# Of `serve`. Kubernetes does not look at it: there the chart's probes count.
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["/usr/local/bin/dploy", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/dploy"]
CMD ["serve"]
