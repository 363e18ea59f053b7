package dev.neostream.ops.eval;

/**
 * Which model was evaluated.
 *
 * @param name checkpoint folder, or what the server calls it
 * @param step last step that it contains; null where a server does not say
 * @param parameterHash 16 hex digits; null where a server does not say
 * @param config fingerprint of its shape; null where a server does not say
 * @param tokenizer fingerprint of its tokenizer; null where a server does not say
 * @param url of the server; null for a checkpoint
 */
public record ModelFacts(
    String name, Long step, String parameterHash, String config, String tokenizer, String url) {}
