/**
 * Conversations for fine-tuning: records of instruction and preference data, templates that turn
 * them into token ids, and blocks that hold them whole. Plain Java.
 *
 * <p>Read {@link dev.neostream.tokens.chat.ChatRecords} (what is read, what is refused), {@link
 * dev.neostream.tokens.chat.ChatTemplate} (how turns become ids and which of them are learned),
 * then {@link dev.neostream.tokens.chat.ConversationPacker}.
 */
package dev.neostream.tokens.chat;
