/**
 * Quality rules. A rule is a measure of a page with the range its value must lie in; measures are
 * code, one class a published family ({@code rule.en}, {@code rule.zh}, {@code rule.code}), ranges
 * are data ({@code recommended.json}). Start at {@link dev.neostream.clean.rule.RuleSet}.
 */
package dev.neostream.clean.rule;
