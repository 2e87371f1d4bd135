# Built by Maven and a JDK; run on Debian by a Java of just the modules that are used, as a user who
# may do little. `ops/rehearse-image.sh` runs these very steps without Docker (docs/packaging.md).

FROM eclipse-temurin:25-jdk AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends maven \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY pom.xml ./
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 \
    mvn -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true package
RUN jlink --output /opt/vintem-java --no-header-files --no-man-pages --include-locales=en,pt \
    --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.zipfs,jdk.management,jdk.naming.dns,jdk.net,jdk.httpserver,jdk.security.auth,jdk.localedata,jdk.jfr,jdk.jcmd

FROM debian:bookworm-slim
RUN useradd --uid 10001 --create-home vintem \
    && mkdir -p /app/target /data \
    && chown vintem /app/target /data
COPY --from=build /opt/vintem-java /opt/vintem-java
COPY --from=build /src/target/vintem.jar /app/target/vintem.jar
COPY vintem ops/healthcheck /app/
ENV JAVA_HOME=/opt/vintem-java VINTEM_HOST=0.0.0.0 VINTEM_DATA_DIR=/data/vintem
WORKDIR /app
USER vintem
# The first command rehearses a start: the classes it loads are kept for all later ones, and the
# embedded PostgreSQL is unpacked. That archive is good for this Java and this jar only.
RUN ./vintem inspect 529.982.247-25 && test -s target/vintem.aot
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["/app/healthcheck"]
ENTRYPOINT ["/app/vintem"]
CMD ["run"]
