# The C library that the program is linked against and the one that it runs with have to be of the same release.
ARG DEBIAN=trixie

# The manifests, and crates with nothing in them. It is made anew with every change of the sources, but comes out the
# same as long as no manifest changes: then the next stage, which copies it, is taken from the cache.
FROM debian:${DEBIAN}-slim AS manifests
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY crates crates
RUN find crates -mindepth 2 ! -path 'crates/*/Cargo.toml' -delete \
    && for crate in crates/*; do mkdir "$crate/src" && touch "$crate/src/lib.rs" || exit; done \
    && rm crates/app/src/lib.rs \
    && echo 'fn main() {}' >crates/app/src/main.rs

# Everything from other people. The empty crates are forgotten again: Cargo compares times, and would take them for
# newer than the real sources.
FROM rust:1.95-slim-${DEBIAN} AS dependencies
WORKDIR /src
COPY --from=manifests /src .
RUN cargo build --release --locked -p app \
    && cargo clean --release --workspace \
    && rm -r crates

FROM dependencies AS build
COPY crates crates
COPY migrations migrations
RUN cargo build --release --locked -p app

FROM debian:${DEBIAN}-slim
LABEL org.opencontainers.image.title="Voronka" \
      org.opencontainers.image.description="A self-hosted CRM for teams that sell services through advertising" \
      org.opencontainers.image.licenses="Apache-2.0"

# A new volume takes its owner and mode from this folder. The number needs no entry among the users.
RUN install -d -m 700 -o 10001 -g 10001 /data
# For S3 and for databases over TLS: whom to believe.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY LICENSE /usr/share/doc/voronka/
COPY --from=build /src/target/release/voronka /usr/local/bin/

ENV VORONKA_LISTEN=0.0.0.0:8000 \
    VORONKA_DATA_DIR=/data
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM

# Nothing in this image speaks HTTP but the program itself, so bash opens the connection.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8000 && printf 'GET /healthz HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

ENTRYPOINT ["voronka"]
CMD ["serve"]
