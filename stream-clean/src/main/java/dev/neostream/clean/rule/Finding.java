package dev.neostream.clean.rule;

/**
 * What one rule found on a page.
 *
 * @param rule the rule's code
 * @param value what was measured; for an edit the change of the text's length in bytes
 * @param range values that pass
 * @param passed whether the value does
 */
public record Finding(String rule, double value, Range range, boolean passed) {}
