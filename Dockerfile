# syntax=docker/dockerfile:1
# One image for each program: docker build --build-arg SERVICE=Producer . (Producer, Consumer, Runner or Standalone)

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/*

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG SERVICE=Standalone
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish "$SERVICE" --configuration Release --output /app

# For the watch profile: the sources are mounted, and built again whenever they change.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS watch
WORKDIR /src

FROM base AS final
ARG SERVICE=Standalone
ENV PROGRAM=$SERVICE.dll DOTNET_gcServer=0 ASPNETCORE_URLS=http://0.0.0.0:3000
WORKDIR /app
COPY --from=build /app .
RUN mkdir /data && chown "$APP_UID" /data
USER $APP_UID
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=4s --start-period=20s CMD curl -fsS http://127.0.0.1:3000/health/live || exit 1
# exec, so that signals reach the program itself and it can stop in order.
ENTRYPOINT ["/bin/sh", "-c", "exec dotnet \"$PROGRAM\" \"$@\"", "--"]
