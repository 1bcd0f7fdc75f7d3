import { runChatbot } from '#shared/chat/chatbot.ts';
import { showTrace } from './show-trace.ts';

// Replies in Slack if its tokens are set, else in this terminal.
await runChatbot({ service: 'followers-api', commands: [showTrace] });
