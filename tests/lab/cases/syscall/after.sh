is patched "$(uname -n)"
