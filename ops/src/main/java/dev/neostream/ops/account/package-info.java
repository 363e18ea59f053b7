/** What a run has done, in numbers that must add up: documents, rejects, the mixture. Pure. */
package dev.neostream.ops.account;
