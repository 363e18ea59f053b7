package dev.neostream.ops.eval;

import java.util.List;

/**
 * What an evaluation leaves behind, as JSON.
 *
 * @param date when it began, ISO 8601 in UTC
 * @param program which made it, with its version
 * @param model what was evaluated
 * @param tasks in the order they were named
 */
public record EvalResults(String date, String program, ModelFacts model, List<TaskResult> tasks) {}
