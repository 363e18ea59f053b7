/** Tables of losses and stored fits of scaling laws, as files. */
package dev.neostream.ops.scaling;
