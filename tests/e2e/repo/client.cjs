// SPDX-License-Identifier: GPL-2.0-or-later
// An independent client: tuf-js. node client.cjs MODULES URL FOLDER TARGET
// FOLDER/metadata holds root.json to begin with; the target comes to FOLDER/target.
// Prints the version of the root that it came to trust.
const fs = require('fs');
const path = require('path');
const [modules, url, folder, target] = process.argv.slice(2);
const { Updater } = require(path.join(modules, 'node_modules', 'tuf-js'));

async function main() {
  const metadataDir = path.join(folder, 'metadata');
  const updater = new Updater({
    metadataDir,
    metadataBaseUrl: url,
    targetDir: folder,
    targetBaseUrl: `${url}/targets`,
    config: { fetchRetry: 0 },
  });
  await updater.refresh();
  const info = await updater.getTargetInfo(target);
  if (!info) throw new Error(`no such target: ${target}`);
  await updater.downloadTarget(info, path.join(folder, 'target'));
  const root = JSON.parse(fs.readFileSync(path.join(metadataDir, 'root.json')));
  console.log(JSON.stringify({ root: root.signed.version, level: info.custom.level }));
}

main().catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exit(1);
});
