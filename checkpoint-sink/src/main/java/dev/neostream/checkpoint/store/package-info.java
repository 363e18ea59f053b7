/**
 * A folder of checkpoints of which every visible one is complete.
 *
 * <pre>
 *  checkpoints/
 *    step-00000100/              complete: it was renamed into place
 *      model.safetensors         files as the trainer named them
 *      state.json
 *      manifest.json             written last: step, plan, tokens, files with size and SHA-256
 *    .step-00000200.partial/     being written, or left by a writer that was killed
 *    .step-00000001.deleted/     being deleted
 * </pre>
 */
package dev.neostream.checkpoint.store;
