package dev.neostream.ops.eval;

/**
 * A number and how sure it is.
 *
 * @param group which questions; empty for all
 * @param count questions
 * @param standardError of the value; NaN for a single question
 * @param chance the value of a model that knows nothing
 */
public record Score(
    String metric, String group, int count, double value, double standardError, double chance) {}
