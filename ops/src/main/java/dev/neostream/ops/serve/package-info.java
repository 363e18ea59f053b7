/**
 * A stored model behind HTTP, as OpenAI's completions and chat completions are. {@link
 * dev.neostream.ops.serve.ModelServer} is the shell; what requests ask and answers say knows
 * nothing of HTTP.
 */
package dev.neostream.ops.serve;
