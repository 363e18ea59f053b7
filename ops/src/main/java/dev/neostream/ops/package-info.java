/** What every room of the module needs: failures in the user's words, and JSON. */
package dev.neostream.ops;
