"""Ask whether a locked run-time dependency has a known vulnerability, and say so in one line.

Fails on a finding only: where the vulnerability service does not answer, nothing is known, and it says that.
"""

import json
import subprocess
import sys

ALLOWED_SECONDS = 300
COMMAND = [
    *(sys.executable, "-m", "pip_audit", "--requirement", "requirements.lock"),
    *("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"),
]


def main() -> int:
    """Run pip-audit on requirements.lock; 1 where it found something."""
    try:
        done = subprocess.run(COMMAND, capture_output=True, text=True, timeout=ALLOWED_SECONDS, check=False)
        dependencies = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        dependencies = []
    audited = [d for d in dependencies if "vulns" in d]
    found = [(d["name"], d["version"], v) for d in audited for v in d["vulns"]]
    if found:
        print(f"FAIL  audit: {len(found)} known vulnerabilities in {len(audited)} locked packages")
        for name, version, vulnerability in found:
            fixed = ", ".join(vulnerability["fix_versions"]) or "no release yet"
            print(f"      {name} {version}: {vulnerability['id']}, fixed in {fixed}")
        return 1
    if not audited:
        print("-     audit: not done, the vulnerability service does not answer here")
    elif len(audited) < len(dependencies):
        print(f"ok    audit: {len(audited)} of {len(dependencies)} locked packages; no answer for the others")
    else:
        print("ok    audit")
    return 0


if __name__ == "__main__":
    sys.exit(main())
