# syntax=docker/dockerfile:1

# Two images: the server (the last stage), and the sample environments (`--target samples`). Both
# programs need only glibc, so all stages are Debian 12.
FROM node:22-bookworm-slim AS node

FROM rust:1.95.0-bookworm AS build
# wasm-opt, which makes the web app's download smaller, is an npm package.
COPY --from=node /usr/local /usr/local
WORKDIR /dploy
COPY . .
ARG BINARIES=/usr/local/bin
# `cargo xtask test --only image` reads this step and runs it without Docker.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/dploy/target \
    cargo xtask build --production --copy-to "$BINARIES"

# With a shell, which the web terminal starts. The working directory keeps the desk's notes.
FROM debian:bookworm-slim AS samples
COPY --from=build /usr/local/bin/dploy-samples /usr/local/bin/dploy-samples
USER 65532:65532
WORKDIR /tmp
ENV PORT=8080
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/dploy-samples"]
CMD ["webterm", "--host", "0.0.0.0"]

# No shell, no package manager: glibc, CA certificates and a user that is not root.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /usr/local/bin/dploy /usr/local/bin/dploy
USER 65532:65532
EXPOSE 8080
# For `serve`. Kubernetes ignores it and uses the chart's probes.
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["/usr/local/bin/dploy", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/dploy"]
CMD ["serve"]
