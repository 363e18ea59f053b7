/**
 * Quality rules. A rule is a measure of a page with the range its value must lie in, or an edit of
 * its text; both are code, one class a published family ({@code rule.en}, {@code rule.zh}, {@code
 * rule.code}). Which rules apply, and the ranges, are data: a {@link
 * dev.neostream.clean.rule.Profile}, where to start.
 */
package dev.neostream.clean.rule;
