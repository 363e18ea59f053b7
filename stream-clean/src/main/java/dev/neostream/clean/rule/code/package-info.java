/** Rule families published for source code. */
package dev.neostream.clean.rule.code;
