/** Rule families published for Chinese web text. */
package dev.neostream.clean.rule.zh;
