# One image per service: build with the repository as context and the service's project as argument (infra/compose/compose.yaml does).
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
ARG PROJECT
WORKDIR /src
COPY . .
# A hard link into the package cache would not survive the copy into the next stage.
RUN dotnet publish "$PROJECT" --configuration Release --output /app -p:CreateHardLinksForCopyLocalIfPossible=false \
    && name=$(basename "$PROJECT" .csproj) && printf '#!/bin/sh\nexec dotnet /app/%s.dll "$@"\n' "$name" > /app/service && chmod 755 /app/service

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
# The libraries that OpenCV's native part asks for, by the same list as on a plain machine.
COPY infra/build/environment.sh infra/build/setup.sh /opt/imdd/infra/build/
RUN mkdir -p /opt/imdd/artifacts && bash /opt/imdd/infra/build/setup.sh demo && rm -rf /var/lib/apt/lists/*
# As ./imdd sets it, with the reason there.
ENV MALLOC_ARENA_MAX=2
COPY --from=build /app /app
RUN mkdir -p /data /blobs && chown "$APP_UID" /data /blobs
USER $APP_UID
WORKDIR /app
VOLUME ["/data"]
ENTRYPOINT ["/app/service"]
