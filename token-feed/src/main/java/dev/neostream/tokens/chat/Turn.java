package dev.neostream.tokens.chat;

/**
 * What one side says at once.
 *
 * @param role who speaks
 * @param text what is said
 */
public record Turn(Role role, String text) {}
