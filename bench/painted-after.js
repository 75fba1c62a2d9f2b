/**
 * Runs in the page. Sets the clock going when the page takes an input (a new address, the end of a drag) and stops it two frames
 * after every chart in view shows what was asked for. @returns milliseconds
 */
globalThis.paintedAfter = wanted =>
  new Promise(resolve => {
    let started = 0
    const begin = () => {
      started ||= performance.now()
    }
    addEventListener('hashchange', begin, { once: true, capture: true })
    addEventListener('mouseup', begin, { once: true, capture: true })
    const look = () => {
      const charts = [...document.querySelectorAll('figure[data-resolution]')].filter(
        chart => chart.getBoundingClientRect().top < innerHeight && chart.dataset.resolution !== 'none',
      )
      const ready = charts.length >= 3 && charts.every(chart => chart.dataset.resolution === wanted)
      if (started > 0 && ready) {
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)))
      } else requestAnimationFrame(look)
    }
    look()
  })

globalThis.goTo = hash => {
  location.hash = hash
}
