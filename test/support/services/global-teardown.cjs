'use strict';

module.exports = () => globalThis.stopTestServices();
