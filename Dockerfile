# An image of one program, with the command-line tool `timers` beside it:
#   docker build -t timers .                                          Standalone: everything in one process, its data in /data
#   docker build -t timers-producer --build-arg SERVICE=Producer .    or Consumer, or Runner
# It needs BuildKit, which Docker uses by itself from version 23 on; before that set DOCKER_BUILDKIT=1.

FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS sdk

# All programs at once, whichever the image is for: builds of several images share this stage. A service is compiled together with the
# framework, which takes a minute or two for each; the tool runs on the base image's.
FROM sdk AS build
WORKDIR /src
COPY . .
# Locked, because two restores at once break each other's cache: https://github.com/NuGet/Home/issues/14089.
RUN --mount=type=cache,target=/root/.nuget/packages,sharing=locked \
    for program in Producer Consumer Runner Standalone Client; do \
        dotnet publish "$program" --configuration Release --output "/app/$program" || exit 1; \
    done

# For the watch profile: the checkout is mounted read-only at /src and built again whenever it changes; what that makes lies in /build.
FROM sdk AS watch
COPY deploy/healthy /usr/local/bin/
RUN chmod 755 /usr/local/bin/healthy && mkdir /build && chown "$APP_UID" /build
ENV HOME=/build ArtifactsPath=/build/artifacts NUGET_PACKAGES=/build/packages DOTNET_USE_POLLING_FILE_WATCHER=true Keys__Need=Always
WORKDIR /src
USER $APP_UID
EXPOSE 3000
ENTRYPOINT ["dotnet", "watch", "--non-interactive", "--project", "Standalone", "run", "--urls", "http://0.0.0.0:3000"]

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble AS final
ARG SERVICE=Standalone
WORKDIR /app
COPY deploy/healthy /usr/local/bin/
COPY --from=build /app/Client /opt/timers
COPY --from=build /app/$SERVICE .
RUN chmod 755 /usr/local/bin/healthy && ln -s /opt/timers/timers /usr/local/bin/timers && mkdir /data && chown "$APP_UID" /data
# The base image would have it listen on ASPNETCORE_HTTP_PORTS. A container can be reached by others, so callers need a key: a Producer that
# finds none makes the first one and prints it once.
ENV PROGRAM=/app/$SERVICE ASPNETCORE_URLS=http://0.0.0.0:3000 ASPNETCORE_HTTP_PORTS= Storage__Path=/data Keys__Need=Always
USER $APP_UID
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["healthy", "/health/live"]
# exec, so that signals reach the program itself and it can stop in order.
ENTRYPOINT ["/bin/sh", "-c", "exec \"$PROGRAM\" \"$@\"", "--"]
