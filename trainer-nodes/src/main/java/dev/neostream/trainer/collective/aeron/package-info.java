/** The ring over Aeron; bytes only, the protocol is in the package above. */
package dev.neostream.trainer.collective.aeron;
