/**
 * Evaluation: tasks as data, questions put to a model, and what came of them with chance and
 * standard error beside every score. {@link dev.neostream.ops.eval.Evaluation} is the way through;
 * {@link dev.neostream.ops.eval.EvalTask} says what a task file holds.
 *
 * <p>Three kinds. {@code choice}: of several continuations of a prompt the one the model finds
 * likeliest; with an empty prompt, and sentences for choices, these are minimal pairs. {@code
 * text}: bits per byte of whole documents. {@code generation}: what the model writes, exactly as
 * expected. Prompts, tokens, truncation and metrics are those of lm-evaluation-harness (0.4.13)
 * asking a server of completions, so that its numbers and these are the same.
 *
 * <p>Texts are put to the model one at a time and in order: matrix products of another shape add in
 * another order, so a batch would change the last bits of a score.
 */
package dev.neostream.ops.eval;
