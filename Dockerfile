# Docket in one image: the api, the projector and the command line are three entries of the same build.
#
#   docker build -t docket .
#   docker run -p 127.0.0.1:3000:3000 -v docket-data:/data -e DOCKET_BEHIND_PROXY=on docket
#
# runs everything on the embedded stores; docker-compose.yml runs it on EventStoreDB and MongoDB.
ARG NODE=node:22-bookworm-slim

FROM ${NODE} AS build
WORKDIR /docket
ENV SCARF_ANALYTICS=false
COPY package.json package-lock.json ready.mjs ./
RUN npm ci --no-audit --no-fund
COPY .swcrc ./
COPY apps apps
COPY libs libs
RUN npm run build

FROM ${NODE} AS dependencies
WORKDIR /docket
ENV SCARF_ANALYTICS=false
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM ${NODE}
WORKDIR /docket
# package.json says where the parts of the build find each other.
COPY package.json LICENSE ./
COPY --from=dependencies /docket/node_modules node_modules
COPY --from=build /docket/dist dist
COPY examples examples
# Whoever mounts a new volume here gets it writable for the user that Docket runs as.
RUN install -d -o node -g node -m 0700 /data
USER node
# From outside a container, its loopback address cannot be reached. Docket speaks plain HTTP and starts on any other address only
# where DOCKET_BEHIND_PROXY=on says that nobody unasked gets there: publish the port on 127.0.0.1, or behind a proxy that ends TLS.
ENV NODE_ENV=production DOCKET_HOST=0.0.0.0 DOCKET_PORT=3000 DOCKET_DATA=/data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.DOCKET_PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/apps/cli/main.js", "start"]
