# The project as an image: the package with its pinned dependencies, and the configuration as `kedro package` would hand it over.
#   docker build --target machine -t libra_emo .        one machine, without GPU
#   docker build --target gpu -t libra_emo:gpu .        a node with NVIDIA GPUs, which needs the NVIDIA container toolkit
# docs/scaling.md says how they are run.

FROM python:3.13-slim-bookworm AS base
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
ENV PYTHONUTF8=1 \
    PYTHONUNBUFFERED=1 \
    DO_NOT_TRACK=1 \
    KEDRO_DISABLE_TELEMETRY=1 \
    MLFLOW_DISABLE_TELEMETRY=true \
    DVC_NO_ANALYTICS=1 \
    LITELLM_LOCAL_MODEL_COST_MAP=True
WORKDIR /opt/libra_emo
COPY constraints.txt ./
RUN grep '^uv==' constraints.txt | xargs pip install --no-cache-dir
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
COPY conf ./conf
RUN groupadd --gid 1000 libra_emo && useradd --uid 1000 --gid libra_emo --create-home libra_emo \
    && install --directory --owner libra_emo --group libra_emo /project

# films on several machines and votes in PostgreSQL are included
FROM base AS machine
RUN uv pip install --system --no-cache -c constraints.txt '.[dask,postgres]' && rm -rf src pyproject.toml
USER 1000
# data lie in /project/data: mount a folder or a volume there
WORKDIR /project
ENTRYPOINT ["python", "-m", "libra_emo", "--conf-source", "/opt/libra_emo/conf"]

# torch's wheels bring CUDA's libraries; the driver comes from the host. ssh starts the trainings of other machines.
FROM base AS gpu
# Debian keeps one version of each package, so none is named
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends openssh-client gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
RUN uv pip install --system --no-cache -c constraints.txt '.[train,dask,postgres]' && rm -rf src pyproject.toml
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
USER 1000
WORKDIR /project
ENTRYPOINT ["python", "-m", "libra_emo", "--conf-source", "/opt/libra_emo/conf"]
