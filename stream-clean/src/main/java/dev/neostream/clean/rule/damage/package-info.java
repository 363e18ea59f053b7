/** Rules about text that was damaged on its way, in any language. */
package dev.neostream.clean.rule.damage;
