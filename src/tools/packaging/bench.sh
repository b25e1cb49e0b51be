#!/bin/sh
# `involution bench` on a bare Linux machine: what it needs lies beside this file.
#   ./bench.sh --engine webgpu --peer python3 --library torch --model rednet --image-size 224 --batch-size 32
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/tmp}"
# A container may have NVIDIA's driver without the file that tells Vulkan of it.
if [ -z "$VK_DRIVER_FILES" ]; then
  for file in /etc/vulkan/icd.d/nvidia_icd.json /usr/share/vulkan/icd.d/nvidia_icd.json "$here/nvidia_icd.json"; do
    if [ -e "$file" ] && [ -e /dev/nvidiactl ]; then
      export VK_DRIVER_FILES="$file"
      break
    fi
  done
fi
# All tables of the page of benchmarks: ./bench.sh tables python3
if [ "$1" = tables ]; then
  shift
  cd "$here" && exec ./node tables.mjs "$@"
fi
exec "$here/node" "$here/dist/involution.mjs" bench "$@"
