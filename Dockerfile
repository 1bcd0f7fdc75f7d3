# One image for every service of the working copy; docker-compose.yml says in which folder it starts.

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
USER node
# The rule of the workshop: tracing.ts is loaded before the app.
CMD ["node", "--import", "tsx", "--import", "./tracing.ts", "main.ts"]
