/** What a tokenizer does with texts: compression, losses, pieces that are never used. */
package dev.neostream.tokens.inspect;
