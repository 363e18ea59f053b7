package dev.neostream.trainer.checkpoint;

import dev.neostream.checkpoint.format.DType;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.schemas.avro.CheckpointManifest;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.FlatLayout;
import dev.neostream.trainer.model.ParameterHash;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.train.Checkpoints;
import dev.neostream.trainer.train.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Checkpoints in a folder, each a model that Hugging Face's Llama loads plus what training needs to
 * go on bit for bit:
 *
 * <pre>
 *   model.safetensors      every parameter, fp32, under its Hugging Face name
 *   optimizer.safetensors  exp_avg.SEGMENT and exp_avg_sq.SEGMENT: Adam's moments, flat fp32
 *   config.json            LlamaForCausalLM
 *   ...                    the extras: tokenizer files
 * </pre>
 */
public final class StoredCheckpoints implements Checkpoints {

  static final String MODEL = "model.safetensors";
  static final String CONFIG = "config.json";
  private static final String OPTIMIZER = "optimizer.safetensors";

  private final CheckpointStore store;
  private final String tokenizer;
  private final Map<String, byte[]> extras;
  private final int keep;

  /**
   * @param tokenizer fingerprint of the run's tokenizer; a checkpoint of another one is refused
   * @param extras files to put beside the model, by name
   * @param keep newest checkpoints that stay when one is saved
   */
  public StoredCheckpoints(
      CheckpointStore store, String tokenizer, Map<String, byte[]> extras, int keep) {
    this.store = store;
    this.tokenizer = tokenizer;
    this.extras = Map.copyOf(extras);
    this.keep = keep;
  }

  @Override
  public Optional<CheckpointManifest> restore(Training training) throws IOException {
    Optional<Stored> newest = store.newest();
    if (newest.isEmpty()) {
      return Optional.empty();
    }
    CheckpointManifest manifest = restore(newest.get(), training.decoder());
    read(newest.get(), OPTIMIZER, optimizer(training));
    return Optional.of(manifest);
  }

  /**
   * Puts the newest checkpoint's parameters alone into the decoder, for reading them off it, and
   * returns its manifest; empty if there is none, with the decoder untouched.
   *
   * @throws IOException if it cannot be read or belongs to another model or tokenizer
   */
  public Optional<CheckpointManifest> restore(Decoder decoder) throws IOException {
    Optional<Stored> newest = store.newest();
    if (newest.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(restore(newest.get(), decoder));
  }

  private CheckpointManifest restore(Stored stored, Decoder decoder) throws IOException {
    CheckpointManifest manifest = stored.manifest();
    stored.verify();
    requireEqual(stored, "tokenizer", manifest.getTokenizer(), tokenizer);
    readParameters(stored, decoder);
    return manifest;
  }

  /**
   * Puts a checkpoint's parameters into the decoder.
   *
   * @throws IOException if they cannot be read, are of another model or not as they were written
   */
  static void readParameters(Stored stored, Decoder decoder) throws IOException {
    CheckpointManifest manifest = stored.manifest();
    requireEqual(stored, "model", manifest.getModel(), decoder.config().fingerprint());
    read(stored, MODEL, model(decoder));
    String hash = "%016x".formatted(ParameterHash.of(decoder));
    requireEqual(stored, "parameterHash", "%016x".formatted(manifest.getParameterHash()), hash);
  }

  /** A checkpoint that is there already, of a rank that was lost after it stored it, stands. */
  @Override
  public CheckpointManifest save(Snapshot snapshot) throws IOException {
    Optional<CheckpointManifest> there = store.at(snapshot.step()).map(Stored::manifest);
    if (there.isPresent() && there.get().getParameterHash() == snapshot.parameterHash()) {
      return there.get();
    }
    Training training = snapshot.training();
    Map<String, byte[]> others = new HashMap<>(extras);
    others.put(CONFIG, HuggingFaceConfig.of(training.decoder().config()));
    CheckpointManifest saved =
        store.save(
            manifest(snapshot),
            Map.of(MODEL, model(training.decoder()), OPTIMIZER, optimizer(training)),
            others);
    store.keepLast(keep);
    return saved;
  }

  /** All that a manifest says; path and files are the store's, which writes them. */
  private CheckpointManifest manifest(Snapshot snapshot) {
    return CheckpointManifest.newBuilder()
        .setStep(snapshot.step())
        .setPath("")
        .setPlanVersion(snapshot.planVersion())
        .setTokens(new TreeMap<>(snapshot.tokens())) // the same order in every manifest
        .setModel(snapshot.training().decoder().config().fingerprint())
        .setTokenizer(tokenizer)
        .setParameterHash(snapshot.parameterHash())
        .setFiles(List.of())
        .setCreatedAt(snapshot.createdAt().toEpochMilli())
        .build();
  }

  /** The parameters as tensors on the decoder's own memory. */
  static List<Tensor> model(Decoder decoder) {
    List<Tensor> tensors = new ArrayList<>();
    for (FlatLayout.Parameter p : decoder.layout().parameters()) {
      ByteBuffer data =
          decoder.parameters(p.segment()).slice(p.offset() * Float.BYTES, p.size() * Float.BYTES);
      long[] shape = p.shape().stream().mapToLong(Integer::longValue).toArray();
      tensors.add(new Tensor(p.name(), DType.F32, shape, data));
    }
    return tensors;
  }

  /** The Adam moments as tensors on their own memory. */
  private static List<Tensor> optimizer(Training training) {
    List<Tensor> tensors = new ArrayList<>();
    addFlats(tensors, "exp_avg.", training, training::firstMoment);
    addFlats(tensors, "exp_avg_sq.", training, training::secondMoment);
    return tensors;
  }

  private static void addFlats(
      List<Tensor> tensors, String prefix, Training training, IntFunction<ByteBuffer> flats) {
    List<FlatLayout.Segment> segments = training.decoder().layout().segments();
    for (int i = 0; i < segments.size(); i++) {
      FlatLayout.Segment s = segments.get(i);
      tensors.add(new Tensor(prefix + s.name(), DType.F32, new long[] {s.size()}, flats.apply(i)));
    }
  }

  /** Copies a file's tensors over the targets of the same name. */
  private static void read(Stored stored, String file, List<Tensor> targets) throws IOException {
    Map<String, Tensor> byName = new HashMap<>();
    for (Tensor tensor : stored.tensors(file)) {
      byName.put(tensor.name(), tensor);
    }
    for (Tensor target : targets) {
      Tensor source = byName.get(target.name());
      if (source == null
          || source.dtype() != target.dtype()
          || source.data().remaining() != target.data().remaining()) {
        throw new IOException(
            "%s must hold %s as %s in %d bytes, delete the checkpoint to start before it: %s"
                .formatted(
                    stored.file(file),
                    target.name(),
                    target.dtype(),
                    target.data().remaining(),
                    source));
      }
      target.data().put(source.data());
    }
  }

  private static void requireEqual(Stored stored, String what, String was, String is)
      throws IOException {
    if (!was.equals(is)) {
      throw new IOException(
          "checkpoint and run must have the same %s: checkpoint=%s, run=%s, folder=%s"
              .formatted(what, was, is, stored.folder()));
    }
  }
}
