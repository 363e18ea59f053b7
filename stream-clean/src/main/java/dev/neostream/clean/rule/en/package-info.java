/** Rule families published for English web text. */
package dev.neostream.clean.rule.en;
