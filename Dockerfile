# Built and run by the same JDK: the class archive that makes starts quick is good for that one only.
FROM eclipse-temurin:25-jdk
RUN apt-get update \
    && apt-get install -y --no-install-recommends maven \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home vintem \
    && mkdir /app /data \
    && chown vintem /app /data
USER vintem
WORKDIR /app
COPY --chown=vintem pom.xml vintem ./
COPY --chown=vintem src/main src/main
# The first `run` builds; `inspect` does, too, and ends by itself.
RUN ./vintem inspect 529.982.247-25
EXPOSE 8080
VOLUME /data
ENTRYPOINT ["./vintem"]
CMD ["run"]
