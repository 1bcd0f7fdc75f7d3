# One image for the services of the working copy and of the steps; docker-compose.yml sets the folder of each.

FROM node:24.11.1-slim AS dependencies
WORKDIR /workshop
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24.11.1-slim
WORKDIR /workshop
COPY --from=dependencies /workshop/node_modules node_modules
COPY package.json ./
COPY workshop workshop
COPY bands-api bands-api
COPY reviews-api reviews-api
COPY steps steps
USER node
# tracing.ts must be loaded before the app.
CMD ["node", "--import", "tsx", "--import", "./tracing.ts", "main.ts"]
