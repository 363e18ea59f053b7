package dev.neostream.schemas;

/**
 * Why a document was not passed on.
 *
 * @param reason stable code, {@code <family>.<rule>}
 * @param value what was measured or found
 * @param threshold what the rule asks for
 */
public record Rejection(String reason, String value, String threshold) {}
