package dev.neostream.ops.embedded;

import dev.neostream.ops.PrivateFiles;
import dev.neostream.ops.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key that exists as long as a cluster does, and the certificate by which its parts know each
 * other: who has not got the key is not answered. It lies in a folder for its owner alone.
 */
final class ClusterKey implements AutoCloseable {

  private static final String PASSWORD_VARIABLE = "NEO_CLUSTER_KEY";

  private final Path folder;
  private final Path store;
  private final String password;

  private ClusterKey(Path folder, String password) {
    this.folder = folder;
    this.store = folder.resolve("cluster.p12");
    this.password = password;
  }

  /**
   * Makes a key with the JDK's keytool.
   *
   * @param tmp where a folder for it is made
   */
  static ClusterKey make(Path tmp) throws IOException {
    var key = new ClusterKey(Files.createTempDirectory(tmp, "key-"), Secrets.random());
    try {
      key.generate();
      return key;
    } catch (IOException | RuntimeException e) {
      key.close();
      throw e;
    }
  }

  private void generate() throws IOException {
    var keytool =
        new ProcessBuilder(
            Shielded.command(
                "keytool",
                "keytool",
                List.of(
                    "-genkeypair",
                    "-alias",
                    "cluster",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=neo-stream",
                    "-ext",
                    "san=ip:127.0.0.1",
                    "-validity",
                    "3650",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    // Arguments of a process are for everybody to see, its environment is not.
                    "-storepass:env",
                    PASSWORD_VARIABLE)));
    keytool.environment().put(PASSWORD_VARIABLE, password);
    keytool.redirectErrorStream(true);
    Process process = keytool.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exitCode = process.onExit().join().exitValue();
    if (exitCode != 0) {
      throw new IOException("keytool must make a key: exit code=" + exitCode + ", said=" + said);
    }
  }

  /** Returns the settings by which Flink's REST and its BLOB server ask for the key. */
  Map<String, String> settings() {
    var settings = new HashMap<String, String>();
    for (String part : List.of("internal", "rest")) {
      String prefix = "security.ssl." + part + ".";
      settings.put(prefix + "enabled", "true");
      settings.put(prefix + "keystore", store.toString());
      settings.put(prefix + "keystore-type", "PKCS12");
      settings.put(prefix + "keystore-password", password);
      settings.put(prefix + "key-password", password);
      settings.put(prefix + "truststore", store.toString());
      settings.put(prefix + "truststore-type", "PKCS12");
      settings.put(prefix + "truststore-password", password);
    }
    settings.put("security.ssl.rest.authentication-enabled", "true");
    settings.put("security.ssl.protocol", "TLSv1.3");
    settings.put("security.ssl.algorithms", "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384");
    return settings;
  }

  /** Returns what a client with the key connects with. */
  SSLContext client() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, password.toCharArray());
    }
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, password.toCharArray());
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() throws IOException {
    PrivateFiles.deleteTree(folder);
  }
}
